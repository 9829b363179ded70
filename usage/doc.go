// Package usage knows what can be asked of the platform's usage overview and what its figures mean: which metrics an
// ability has, which days a period covers, whether it is complete, what may be compared with what. It also does the
// asking: within the platform's quota, equal questions once, answers remembered. It knows nothing of chats or cards.
//
// Every rule here has its source on the platform's page "获取应用使用概览" (application-v6/app_usage/overview).
package usage
