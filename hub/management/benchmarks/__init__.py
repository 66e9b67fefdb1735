"""What the product costs against the bare limit, both measured in the same run."""
