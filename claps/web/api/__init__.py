"""What programs ask for: JSON, and problem details for every error."""
