"""Integrations with other libraries. The rest of the package, except the command line, does not import them."""
