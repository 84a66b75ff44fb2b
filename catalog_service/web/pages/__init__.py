"""The pages people read, one file for each part of the site."""
