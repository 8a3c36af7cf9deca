"""Data: tables read, validated, derived, imputed and treated, with every cell traceable to its file."""
