// Package feishu is the platform's edge, both ways, and the only package that knows the SDK: it verifies, decrypts and
// decodes events; it fetches figures, departments and names; it sends, replies to and updates messages; and it knows
// what each of the platform's error codes means.
package feishu
