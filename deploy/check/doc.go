// Package check holds the files of the folder above to the rules of the tools that read them. It is a module of its own:
// those tools' libraries are large, and the program needs none of them.
package check
