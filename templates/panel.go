package templates

// CommandLine says in a line what a command does, for the platform's slash panel; empty for a command without words.
func (t *Templates) CommandLine(lang Language, name string) string {
	return t.in(lang).about("command.", name)
}
