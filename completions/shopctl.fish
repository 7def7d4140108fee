SHOPCTL_COMPLETE=fish shopctl | source
