"""What customers may see: their own jobs, and nothing that is only for staff."""
