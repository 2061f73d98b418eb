"""What is used to set up and to look after the project."""
