"""OpenECF: NextGen CM/ECF, PACER and Central Sign-On as open source."""

__version__ = "0.1.0"
