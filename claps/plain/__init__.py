"""Floor 0: values and rules. Nothing here reads or writes anything outside the process."""
