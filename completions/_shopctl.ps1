$env:SHOPCTL_COMPLETE = "powershell"
shopctl | Out-String | Invoke-Expression
Remove-Item Env:\SHOPCTL_COMPLETE
