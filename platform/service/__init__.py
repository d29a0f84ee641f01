"""What a service is once its workbook is compiled: form, rules, route, examples; and the calls from Python."""
