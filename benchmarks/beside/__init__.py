"""Claps and its peers side by side: the same load, the same machine, one sitting."""
