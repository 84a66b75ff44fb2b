"""What the stages hand to one another: terms, records, kinds, findings."""
