"""Claps: a self-hosted publishing platform where applause is live."""

__version__ = "0.1.0"
