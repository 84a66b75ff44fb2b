"""What keeps the house in order: generated files, message catalogues, screenshots, sample data. Not in the wheel."""
