// Package usage defines what can be asked of the platform's usage overview and what its figures mean: which metrics an
// ability has, which days a period covers, whether it is complete, and what may be compared. It also asks the platform:
// it keeps to the quota, asks equal questions once, and stores the answers. It knows nothing of chats or cards.
//
// Every rule here comes from the platform's page "获取应用使用概览" (application-v6/app_usage/overview).
package usage
