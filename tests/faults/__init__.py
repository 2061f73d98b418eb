"""What happens when a part is killed, frozen, emptied or fed with nonsense."""
