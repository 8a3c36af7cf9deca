"""The framework language: models, YAML and workbook forms, formulas, checks."""
