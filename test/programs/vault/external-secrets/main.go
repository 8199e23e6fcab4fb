// What the External Secrets Operator does with the manifests of deploy/external-secrets, by its own code for stores,
// without a cluster. Arguments: the folder of the manifests, that of the CRDs, the address of the service, and the token
// of the user `eso`.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	esv1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	esv1alpha1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1alpha1"
	esmeta "github.com/external-secrets/external-secrets/apis/meta/v1"
	"github.com/external-secrets/external-secrets/pkg/provider/vault"
	"github.com/external-secrets/external-secrets/pkg/provider/webhook"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

var ctx = context.Background()

func check(name string, err error) {
	if err != nil {
		fail(name, err)
	}
}

func fail(name string, what any) {
	fmt.Printf("%s: %v\n", name, what)
	os.Exit(1)
}

func equal(name string, got, wanted map[string]string) {
	if !reflect.DeepEqual(got, wanted) {
		fail(name, fmt.Sprintf("%v, wanted %v", got, wanted))
	}
}

type world struct {
	manifests
	kube   client.Client
	server string
}

// The client of a store for the service. With checkAndSet its writes name the version that they replace.
func (w world) open(name string, checkAndSet bool) esv1.SecretsClient {
	store, found := w.stores[name]
	if !found {
		fail(name, "there is no such store")
	}
	store = store.DeepCopy()
	store.Namespace = "shop"
	store.TypeMeta = metav1.TypeMeta{Kind: "SecretStore"}
	var provider esv1.Provider
	switch {
	case store.Spec.Provider.Vault != nil:
		provider = &vault.Provider{NewVaultClient: vault.NewVaultClient}
		store.Spec.Provider.Vault.Server = w.server
		if checkAndSet {
			store.Spec.Provider.Vault.CheckAndSet = &esv1.VaultCheckAndSet{Required: true}
		}
	case store.Spec.Provider.Webhook != nil:
		provider = &webhook.Provider{}
		url := &store.Spec.Provider.Webhook.URL
		*url = strings.Replace(*url, "https://secrets.example", w.server, 1)
	default:
		fail(name, "another provider")
	}
	_, err := provider.ValidateStore(store)
	check("ValidateStore "+name, err)
	opened, err := provider.NewClient(ctx, store, w.kube, "shop")
	check("NewClient "+name, err)
	if store.Spec.Provider.Vault != nil {
		result, err := opened.Validate()
		check("Validate "+name, err)
		if result != esv1.ValidationResultReady {
			fail("Validate "+name, result)
		}
	}
	return opened
}

// What an ExternalSecret puts into the cluster.
func (w world) fetch(name string) map[string]string {
	each, found := w.secrets[name]
	if !found {
		fail(name, "there is no such ExternalSecret")
	}
	store := w.open(each.Spec.SecretStoreRef.Name, false)
	all := map[string]string{}
	for _, from := range each.Spec.DataFrom {
		var values map[string][]byte
		var err error
		if from.Extract != nil {
			values, err = store.GetSecretMap(ctx, *from.Extract)
		} else {
			values, err = store.GetAllSecrets(ctx, *from.Find)
		}
		check(name, err)
		for field, value := range values {
			all[field] = string(value)
		}
	}
	for _, one := range each.Spec.Data {
		value, err := store.GetSecret(ctx, one.RemoteRef)
		check(name, err)
		all[one.SecretKey] = string(value)
	}
	check(name, store.Close(ctx))
	return all
}

func (w world) push(name string, checkAndSet bool, secret *corev1.Secret) {
	each := w.pushes[name]
	store := w.open(each.Spec.SecretStoreRefs[0].Name, checkAndSet)
	for _, data := range each.Spec.Data {
		check("push "+data.GetRemoteKey(), store.PushSecret(ctx, secret, data))
	}
}

func main() {
	folder, crds, server, token := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	kube := fake.NewClientBuilder().WithObjects(&corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "secret-svc-token", Namespace: "shop", Labels: map[string]string{"external-secrets.io/type": "webhook"}},
		Data:       map[string][]byte{"token": []byte(token), "bad": []byte("bad")},
	}).Build()
	w := world{readManifests(folder, crds), kube, server}

	equal("db", w.fetch("db"), map[string]string{"user": "u1", "password": "p1", "DATABASE_PASSWORD": "p1"})
	equal("app-by-name", w.fetch("app-by-name"), map[string]string{"app/db": `{"password":"p1","user":"u1"}`, "app/stripe": `{"value":"sk_1"}`})
	equal("app-by-tag", w.fetch("app-by-tag"), map[string]string{"app/db": `{"password":"p1","user":"u1"}`})
	equal("web-environment", w.fetch("web-environment"), map[string]string{"URL": "https://web", "PASSWORD": "p=1 \"q\""})
	equal("stripe", w.fetch("stripe"), map[string]string{"STRIPE_SECRET_KEY": "sk_1"})

	for _, checkAndSet := range []bool{false, true} {
		pushTwiceAndDelete(w, checkAndSet)
	}
	cache := &corev1.Secret{Data: map[string][]byte{"password": []byte("line\n\"two\"")}}
	w.push("push-json", false, cache)
	value, err := w.open("secret-svc-json", false).GetSecret(ctx, esv1.ExternalSecretDataRemoteRef{Key: "eso/json/password"})
	check("read what the webhook pushed", err)
	equal("webhook", map[string]string{"value": string(value)}, map[string]string{"value": "line\n\"two\""})

	strangers(w)
	logins(w)
	fmt.Println("done")
}

func pushTwiceAndDelete(w world, checkAndSet bool) {
	store := w.open("secret-svc", checkAndSet)
	for _, password := range []string{"c1", "c1", "c2"} {
		cache := &corev1.Secret{Data: map[string][]byte{"password": []byte(password), "port": []byte("6379")}}
		w.push("push-cache", checkAndSet, cache)
		one, err := store.GetSecret(ctx, esv1.ExternalSecretDataRemoteRef{Key: "eso/cache/password", Property: "password"})
		check("read a pushed field", err)
		all, err := store.GetSecretMap(ctx, esv1.ExternalSecretDataRemoteRef{Key: "eso/cache/all"})
		check("read a pushed secret", err)
		seen := map[string]string{"one": string(one), "password": string(all["password"]), "port": string(all["port"])}
		equal("pushed", seen, map[string]string{"one": password, "password": password, "port": "6379"})
	}
	for _, data := range w.pushes["push-cache"].Spec.Data {
		check("delete "+data.GetRemoteKey(), store.DeleteSecret(ctx, data.Match.RemoteRef))
		_, err := store.GetSecret(ctx, esv1.ExternalSecretDataRemoteRef{Key: data.GetRemoteKey()})
		if !errors.Is(err, esv1.NoSecretErr) {
			fail("read a deleted one", err)
		}
	}
}

// Secrets of others cannot be read, found or replaced.
func strangers(w world) {
	store := w.open("secret-svc", false)
	_, err := store.GetSecret(ctx, esv1.ExternalSecretDataRemoteRef{Key: "app/hidden"})
	if !errors.Is(err, esv1.NoSecretErr) {
		fail("a secret of others", err)
	}
	found, err := store.GetAllSecrets(ctx, esv1.ExternalSecretFind{Name: &esv1.FindName{RegExp: ".*"}})
	check("find all", err)
	if _, shown := found["app/hidden"]; shown {
		fail("find all", "a secret of others is shown")
	}
	over := esv1alpha1.PushSecretData{Match: esv1alpha1.PushSecretMatch{RemoteRef: esv1alpha1.PushSecretRemoteRef{RemoteKey: "app/hidden"}}}
	if store.PushSecret(ctx, &corev1.Secret{Data: map[string][]byte{"a": []byte("1")}}, over) == nil {
		fail("push over a secret of others", "not refused")
	}
}

// The end of a session revokes its token, which must not revoke the credential.
func logins(w world) {
	reference := func(key string) esmeta.SecretKeySelector {
		return esmeta.SecretKeySelector{Name: "secret-svc-token", Key: key}
	}
	role := &esv1.VaultAuth{AppRole: &esv1.VaultAppRole{Path: "approle", RoleID: "eso", SecretRef: reference("token")}}
	user := &esv1.VaultAuth{UserPass: &esv1.VaultUserPassAuth{Path: "userpass", Username: "eso", SecretRef: reference("token")}}
	for _, auth := range []*esv1.VaultAuth{role, user, role} {
		w.stores["login"] = w.stores["secret-svc"].DeepCopy()
		w.stores["login"].Spec.Provider.Vault.Auth = auth
		store := w.open("login", false)
		_, err := store.GetSecret(ctx, esv1.ExternalSecretDataRemoteRef{Key: "app/db", Property: "user"})
		check("read after a login", err)
		check("end the session", store.Close(ctx))
	}
	bad := w.stores["secret-svc"].DeepCopy()
	bad.Namespace = "shop"
	bad.Spec.Provider.Vault.Server = w.server
	bad.Spec.Provider.Vault.Auth = &esv1.VaultAuth{AppRole: &esv1.VaultAppRole{Path: "approle", RoleID: "eso", SecretRef: reference("bad")}}
	provider := &vault.Provider{NewVaultClient: vault.NewVaultClient}
	if _, err := provider.NewClient(ctx, bad, w.kube, "shop"); err == nil || !strings.Contains(err.Error(), "invalid role or secret ID") {
		fail("a bad login", err)
	}
}
