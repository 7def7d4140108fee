eval (env SHOPCTL_COMPLETE=elvish shopctl | slurp)
