"""A data set's new table: read, checked against the old one, compared with it, put into the workbook in its place."""
