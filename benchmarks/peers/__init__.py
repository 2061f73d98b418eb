"""The programs that Claps is measured beside, each with its best documented settings; README.md says which and why."""
