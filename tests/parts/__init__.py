"""The real parts that tests run on: a Redis, a MariaDB, a Claps server, a browser, and plain sockets."""
