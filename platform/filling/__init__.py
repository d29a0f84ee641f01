"""A form filled in by Excel: the template that is made for it, what comes back, and the cases that it becomes.

`layout` says which questions are columns of which sheet, `template` writes the file, `reading` takes the answers out of
it again, `checking` asks the form what it thinks of every row, and `batch` sends the good ones, each once.
"""
