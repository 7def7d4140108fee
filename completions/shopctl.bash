source <(SHOPCTL_COMPLETE=bash shopctl)
