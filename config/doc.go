// Package config reads environment, files and YAML into one checked struct, and prints it without its secrets. It knows
// what a good setting looks like, not what it is used for.
package config
