"""The command line: parse, call, render. Each command imports what it needs when it runs."""
