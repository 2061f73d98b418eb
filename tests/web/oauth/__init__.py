"""The authorization server, error by error, and the tokens that it gives."""
