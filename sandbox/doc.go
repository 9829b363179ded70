// Package sandbox simulates the Feishu open platform over HTTP: the API that the bot calls and the events that it receives.
//
// It serves the demo and the tests of every package. It listens on loopback only and holds no real data.
//
// # What is modelled
//
//   - Tokens: tenant_access_token/internal with its codes, two hours of life, a new token in the last half hour,
//     revocation.
//   - The usage overview with every check and code of its page, 100 calls in any minute, publication of a day at 10:00
//     of the next (Asia/Shanghai), and unfinished weeks and months to date. The figures come from people who are or are
//     not active on a day, so unions, departments and new users are true by construction.
//   - The overview of several departments (department_overview) with its own 100 calls in any minute, its levels, its
//     pages, and page tokens that live two hours.
//   - Messages: create, reply, patch, get and list, with uuid, sizes, rates, and a check of the cards of JSON 2.0
//     against the field tables of card_fields.json.
//   - Ephemeral cards: refused in topic groups and shared groups, for people who are not in the group or not online, and
//     without a message that could be replied to, updated or read.
//   - Departments (children, get, batch), chats (get, list, members, is_in_chat), bot info, application info.
//   - Events: signed and encrypted, within the platform's 3 s, sent again after 15 s, 5 min, 1 h and 6 h of the
//     sandbox's clock; clicks with the card or toast that the bot answers.
//   - The long connection: its address with the credentials' check, at most 50 connections, frames, pings with the
//     client's settings, each event over one connection at random and in several frames where it is large, and sent anew
//     when the connection breaks before the answer.
//   - Scopes with the body that the platform answers when one is missing, and faults that are switched on.
//   - A control API under /sandbox/ for the chat page and for checks from outside.
//   - The client, in a browser: the chat page at / (its sources are in web, and it is built by make web) shows chats and
//     cards as the client does, is updated by a stream, and switches fault presets on.
//
// # What is guessed, because the platform's documents do not say
//
//   - A repeated uuid is answered with the first message (Options.DuplicateUUID can choose 230049 instead).
//   - Today's date is 211011 and a later one 211010; the department "0" is 211006; an app without the ability that is
//     asked for is 211011, and so is a time before the history begins.
//   - A missing field of the overview is 99992402, a body that cannot be read 9499.
//   - department_overview: the department "0" does not exist (Options.RootDepartment can make it the whole tenant), and
//     an unknown one is 99992357; a field out of its bounds is 99992402; the whole tenant's item has the id "0"; a page
//     token that was given for another question is 210501, one that was never given 210500.
//   - A card property that no table knows is 200861, a wrong type or value 200621, as the two documented codes are
//     nearest. The platform may accept more than the tables list.
//   - An event over the long connection is split at 64 KiB; the refusals of its endpoint are HTTP 200 with a code.
//   - The page about ephemeral cards names no codes: a refusal has the code that other messages have for something like
//     it, and an ephemeral card's id is unknown to the endpoints about messages.
//   - A retried event is signed anew; a rejected call does not count against a rate.
//
// # What is not modelled
//
//   - message_push_overview, files, images, threads (but for the ids of topics in topic groups), reactions, CardKit.
//   - User tokens, other tenants, external groups, encrypted chats, monthly quotas other than as a fault.
//   - Cards of JSON 1.0 and templates: they are refused. Charts are checked for their outline only.
package sandbox
