"""The authorization server: how programs come to tokens, with Authlib."""
