"""Reading and writing of tables in files. Import it through `shared.csv_files`."""
