package check

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// TestKubernetesIsSafe holds the file to the rules of kubernetesProblems, and each of their lines to be missed.
func TestKubernetesIsSafe(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("../kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(file)
	problems := func(text string) []string {
		k, found := parseKinds([]byte(text))
		if len(found) > 0 {
			return found
		}
		return kubernetesProblems(k)
	}
	without(t, text, 25, regexp.MustCompile(`runAs|fsGroup|seccomp|automount|readOnlyRoot|allowPrivilege|capabilities|limits:|image:|_FILE:|^  (feishu_|database_url|redis_url)|name: secrets|secretName|policyTypes|protocol: |kubernetes.io/metadata|k8s-app|name: postgres|name: redis|cidr|except|tls:|hosts: \[`), problems)
	for was, is := range map[string]string{
		"sslmode=verify-full":            "sslmode=disable",
		"rediss://:":                     "redis://:",
		"limits: {memory: 256Mi}":        "limits: {memory: 64Mi}",
		"usagebot:0.0.0":                 "usagebot:latest",
		"defaultMode: 0440":              "defaultMode: 0444",
		"policyTypes: [Ingress, Egress]": "policyTypes: [Ingress]",
		"port: 443}":                     "port: 80}",
		"          podSelector:\n            matchLabels: {k8s-app: kube-dns}\n": "",
		"    - configMapRef: {name: usagebot}":                                   "    - configMapRef: {name: usagebot}\n            - secretRef: {name: usagebot}",
		"runAsUser: 65532":                                                       "runAsUser: 0",
	} {
		instead(t, text, was, is, problems)
	}
}

// kubernetesProblems are what makes the objects less safe than they could be.
func kubernetesProblems(k *kinds) (found []string) {
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	pod := k.deployment.Spec.Template.Spec
	if len(pod.Containers) != 1 {
		return []string{"not one container"}
	}
	c := pod.Containers[0]
	is := func(b *bool, want bool) bool { return b != nil && *b == want }
	number := func(n *int64) int64 {
		if n == nil {
			return 0
		}
		return *n
	}
	switch p := pod.SecurityContext; {
	case p == nil || !is(p.RunAsNonRoot, true) || number(p.RunAsUser) == 0 || number(p.RunAsGroup) == 0 || number(p.FSGroup) == 0:
		add("the pod may be root, or may not read its secrets")
	case p.SeccompProfile == nil || p.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault:
		add("the pod may make any system call")
	}
	switch s := c.SecurityContext; {
	case s == nil || !is(s.ReadOnlyRootFilesystem, true) || !is(s.AllowPrivilegeEscalation, false):
		add("the container may write its root, or get privileges")
	case s.Capabilities == nil || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) || len(s.Capabilities.Add) > 0:
		add("the container has capabilities")
	}
	if !is(pod.AutomountServiceAccountToken, false) {
		add("the pod has a token of the cluster's")
	}
	if limit := c.Resources.Limits.Memory().Value(); limit != testedMemory {
		add("the container may use %d bytes, and was tested in %d", limit, testedMemory)
	}
	if !exactVersion.MatchString(c.Image) && !strings.Contains(c.Image, "@sha256:") {
		add("the image is of any version: %q", c.Image)
	}
	found = append(found, secretProblems(k, c)...)
	return append(found, networkProblems(k, c)...)
}

// secretProblems hold that the bot has a file for each secret, and none in its environment.
func secretProblems(k *kinds, c corev1.Container) (found []string) {
	const folder = "/run/secrets/usagebot/"
	for _, e := range c.EnvFrom {
		if e.SecretRef != nil {
			found = append(found, "the environment holds secrets")
		}
	}
	volumes := k.deployment.Spec.Template.Spec.Volumes
	if len(volumes) != 1 || volumes[0].Secret == nil || volumes[0].Secret.SecretName != k.secret.Name || volumes[0].Secret.DefaultMode == nil || *volumes[0].Secret.DefaultMode != 0o440 {
		found = append(found, "the secrets are no files for the bot alone")
	}
	if len(c.VolumeMounts) != 1 || c.VolumeMounts[0].MountPath+"/" != folder || !c.VolumeMounts[0].ReadOnly || len(volumes) == 1 && c.VolumeMounts[0].Name != volumes[0].Name {
		found = append(found, "the secrets are not where the settings say")
	}
	for _, name := range []string{"FEISHU_APP_SECRET", "FEISHU_ENCRYPT_KEY", "FEISHU_VERIFICATION_TOKEN", "DATABASE_URL", "REDIS_URL"} {
		key := strings.ToLower(name)
		if k.settings.Data[name+"_FILE"] != folder+key || k.secret.StringData[key] == "" {
			found = append(found, "there is no file for "+name)
		}
	}
	if !strings.HasPrefix(k.secret.StringData["redis_url"], "rediss://") || !strings.Contains(k.secret.StringData["database_url"], "sslmode=verify-full") {
		found = append(found, "the stores are reached without TLS")
	}
	return found
}

// networkProblems hold that only the ingress controller and Prometheus reach the bot, and that it reaches only what it needs.
func networkProblems(k *kinds, c corev1.Container) (found []string) {
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	p := k.policy.Spec
	if p.PodSelector.MatchLabels["app.kubernetes.io/name"] != k.deployment.Spec.Template.Labels["app.kubernetes.io/name"] {
		add("the policy is of other pods")
	}
	if !slices.Equal(p.PolicyTypes, []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}) {
		add("the policy holds %v", p.PolicyTypes)
	}
	if len(p.Ingress) != 1 || len(p.Ingress[0].From) != 2 || ports(p.Ingress[0].Ports) != fmt.Sprintf("TCP %d", c.Ports[0].ContainerPort) {
		add("others reach the bot: %+v", p.Ingress)
	}
	for _, rule := range p.Ingress {
		for _, from := range rule.From {
			if from.NamespaceSelector == nil || len(from.NamespaceSelector.MatchLabels) == 0 {
				add("every namespace reaches the bot")
			}
		}
	}
	want := []string{"UDP 53, TCP 53", "TCP 5432", "TCP 6379", "TCP 443"}
	var got []string
	for _, rule := range p.Egress {
		got = append(got, ports(rule.Ports))
		if len(rule.To) != 1 {
			add("the bot reaches anybody at %s", ports(rule.Ports))
			continue
		}
		switch to := rule.To[0]; {
		case to.IPBlock != nil && to.IPBlock.CIDR == "":
			add("nobody knows what the bot reaches at %s", ports(rule.Ports))
		case to.IPBlock != nil && !slices.Contains(to.IPBlock.Except, "169.254.0.0/16"):
			add("the bot reaches the cloud's metadata")
		case to.IPBlock == nil && (to.PodSelector == nil || len(to.PodSelector.MatchLabels) == 0):
			add("the bot reaches every pod at %s", ports(rule.Ports))
		case ports(rule.Ports) == want[0] && (to.NamespaceSelector == nil || len(to.NamespaceSelector.MatchLabels) == 0):
			add("the bot asks any pod for names")
		}
	}
	if !slices.Equal(got, want) {
		add("the bot reaches %q, want %q", got, want)
	}
	if tls := k.ingress.Spec.TLS; len(tls) != 1 || tls[0].SecretName == "" || !slices.Equal(tls[0].Hosts, []string{k.ingress.Spec.Rules[0].Host}) {
		add("the address is without TLS")
	}
	return found
}

func ports(list []networkingv1.NetworkPolicyPort) string {
	var told []string
	for _, p := range list {
		if p.Protocol == nil || p.Port == nil {
			return "any"
		}
		told = append(told, fmt.Sprintf("%s %s", *p.Protocol, p.Port))
	}
	return strings.Join(told, ", ")
}
