"""The application for any WSGI server that gives each request its gevent socket: ``gunicorn -k gevent wsgi:app``."""

# Before anything else is imported: peewee, redis and the rest must find the patched modules.
from gevent import monkey

monkey.patch_all()

from claps.app import create_app  # noqa: E402

app = create_app()
