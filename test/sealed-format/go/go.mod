module sealed

go 1.26
