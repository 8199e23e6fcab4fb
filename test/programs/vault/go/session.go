// What a program in Go does with the client of Vault. Arguments: the address, the token of an admin, the slug of a user
// and a token of it. The test builds it a second time with the client of OpenBao, which has the same names.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/hashicorp/vault/api"
)

func check(name string, err error) {
	if err != nil {
		fail(name, err)
	}
}

func fail(name string, what any) {
	fmt.Printf("%s: %v\n", name, what)
	os.Exit(1)
}

func equal(name string, got, wanted any) {
	if fmt.Sprint(got) != fmt.Sprint(wanted) {
		fail(name, fmt.Sprintf("%v, wanted %v", got, wanted))
	}
}

func refused(name string, err error, status int, text string) {
	var response *api.ResponseError
	if !errors.As(err, &response) || response.StatusCode != status || !strings.Contains(err.Error(), text) {
		fail(name, fmt.Sprintf("not refused with %d: %v", status, err))
	}
}

func main() {
	ctx := context.Background()
	address, token, slug, userToken := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	client, err := api.NewClient(&api.Config{Address: address})
	check("client", err)
	client.SetToken(token)
	kv := client.KVv2("secret")

	health, err := client.Sys().Health()
	check("health", err)
	equal("sealed", health.Sealed, false)

	put, err := kv.Put(ctx, "go/a", map[string]any{"u": "1"}, api.WithCheckAndSet(0))
	check("put", err)
	equal("first version", put.VersionMetadata.Version, 1)
	check("put metadata", kv.PutMetadata(ctx, "go/a", api.KVMetadataPutInput{CustomMetadata: map[string]any{"owner": "me"}}))
	_, err = kv.Put(ctx, "go/a", map[string]any{"u": "2"}, api.WithCheckAndSet(1))
	check("put after metadata", err)
	_, err = kv.Put(ctx, "go/a", map[string]any{"u": "3"}, api.WithCheckAndSet(1))
	refused("stale put", err, 400, "check-and-set parameter did not match")
	_, err = kv.Patch(ctx, "go/a", map[string]any{"v": "3"})
	check("patch", err)
	_, err = kv.Patch(ctx, "go/a", map[string]any{"w": "4"}, api.WithMergeMethod("rw"))
	check("patch by read and write", err)

	secret, err := kv.Get(ctx, "go/a")
	check("get", err)
	if !reflect.DeepEqual(secret.Data, map[string]any{"u": "2", "v": "3", "w": "4"}) {
		fail("get", secret.Data)
	}
	equal("custom metadata", secret.CustomMetadata["owner"], "me")
	versions, err := kv.GetVersionsAsList(ctx, "go/a")
	check("versions", err)
	equal("versions", len(versions), 4)
	list, err := client.Logical().List("secret/metadata/go")
	check("list", err)
	equal("list", list.Data["keys"], []any{"a"})

	_, err = kv.Rollback(ctx, "go/a", 1)
	check("rollback", err)
	check("delete", kv.Delete(ctx, "go/a"))
	gone, err := kv.Get(ctx, "go/a")
	check("get of a deleted one", err)
	if gone.Data != nil || gone.VersionMetadata.DeletionTime.IsZero() {
		fail("get of a deleted one", gone)
	}
	check("undelete", kv.Undelete(ctx, "go/a", []int{gone.VersionMetadata.Version}))
	secret, err = kv.Get(ctx, "go/a")
	check("get after undelete", err)
	equal("value after rollback and undelete", secret.Data, map[string]any{"u": "1"})
	check("destroy", kv.Destroy(ctx, "go/a", []int{1}))
	check("delete metadata", kv.DeleteMetadata(ctx, "go/a"))
	_, err = kv.Get(ctx, "go/a")
	if !errors.Is(err, api.ErrSecretNotFound) {
		fail("get of nothing", err)
	}

	// As the provider of Terraform writes.
	_, err = client.Logical().Write("secret/data/go/t", map[string]any{"data": map[string]any{"x": "1"}, "options": map[string]any{}, "cas": nil})
	check("write", err)

	self, err := client.Auth().Token().LookupSelf()
	check("lookup", err)
	equal("token of", self.Data["meta"].(map[string]any)["slug"], "admin")
	_, err = client.Auth().Token().RenewSelf(60)
	refused("renewal", err, 400, "lease is not renewable")
	child, err := client.Auth().Token().Create(&api.TokenCreateRequest{TTL: "1h", DisplayName: "child"})
	check("create a token", err)
	client.SetToken(child.Auth.ClientToken)
	check("revoke the child", client.Auth().Token().RevokeSelf(""))
	_, err = client.Auth().Token().LookupSelf()
	refused("a revoked token", err, 403, "permission denied")

	client.ClearToken()
	login, err := client.Logical().Write("auth/approle/login", map[string]any{"role_id": slug, "secret_id": userToken})
	check("login", err)
	client.SetToken(login.Auth.ClientToken)
	_, err = kv.Get(ctx, "go/t")
	if !errors.Is(err, api.ErrSecretNotFound) {
		fail("a secret of others", err)
	}
	_, err = kv.Put(ctx, "go/t", map[string]any{"x": "2"})
	refused("a put of others", err, 403, "permission denied")
	_, err = kv.Put(ctx, slug+"/own", map[string]any{"x": "2"})
	check("a put of one's own", err)
	check("end the session", client.Auth().Token().RevokeSelf(""))
	client.SetToken(userToken)
	_, err = kv.Get(ctx, slug+"/own")
	check("the token after its session", err)
	fmt.Println("done")
}
