package feishu

import (
	"context"
	"errors"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkcontact "github.com/larksuite/oapi-sdk-go/v3/service/contact/v3"
)

// PersonDepartments returns the open_department_ids of the departments that a person belongs to directly; the tenant itself
// is "0". Everybody belongs to one: none means that the platform does not show them to the bot, which lacks the scope
// contact:user.department:readonly. Of the answer nothing else is kept. Its error is an *Error.
func (c *Client) PersonDepartments(ctx context.Context, openID string) ([]string, error) {
	if !validID(openID) {
		return nil, invalid(epPerson, "the open_id is not in an id's form")
	}
	req := larkcontact.NewGetUserReqBuilder().UserId(openID).UserIdType("open_id").DepartmentIdType("open_department_id").Build()
	return again(ctx, c, true, func() ([]string, error) {
		return call(ctx, c, epPerson, func(t larkcore.RequestOptionFunc) ([]string, error) {
			resp, err := c.sdk.Contact.User.Get(ctx, req, t)
			if err != nil {
				return nil, err
			}
			if resp.Data == nil || resp.Data.User == nil {
				return nil, errors.New("it has no person")
			}
			return resp.Data.User.DepartmentIds, nil
		})
	})
}
