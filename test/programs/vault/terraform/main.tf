variable "address" {}

provider "vault" {
  address         = var.address
  skip_tls_verify = false
}

resource "vault_generic_secret" "written" {
  path      = "secret/tf/written"
  data_json = jsonencode({ user = "u1", password = "p1" })
}

data "vault_generic_secret" "read" {
  path = "secret/app/db"
}

data "vault_generic_secret" "environment" {
  path = "env/prod/web"
}

output "password" {
  value     = data.vault_generic_secret.read.data["password"]
  sensitive = true
}

output "url" {
  value     = data.vault_generic_secret.environment.data["URL"]
  sensitive = true
}
