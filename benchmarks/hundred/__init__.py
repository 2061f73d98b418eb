"""100,000 readers of one server on one machine, and two records: ``make bench-100k``."""
