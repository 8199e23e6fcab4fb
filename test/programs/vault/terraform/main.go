// The provider of Terraform for Vault, with a newer library for providers: the one that this version was made with
// speaks a protocol that today's Terraform no longer knows.
package main

import (
	"github.com/hashicorp/terraform/plugin"
	"github.com/terraform-providers/terraform-provider-vault/vault"
)

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: vault.Provider})
}
