"""The pages that people see; each reads the request, calls one act, and gives one answer."""
