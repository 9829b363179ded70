package check

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

// kinds are the objects of the file, strictly read: a field that the cluster does not know is an error.
type kinds struct {
	secret     corev1.Secret
	settings   corev1.ConfigMap
	deployment appsv1.Deployment
	budget     policyv1.PodDisruptionBudget
	service    corev1.Service
	ingress    networkingv1.Ingress
	policy     networkingv1.NetworkPolicy
}

func kubernetes(t *testing.T) *kinds {
	t.Helper()
	text, err := os.ReadFile("../kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	k, problems := parseKinds(text)
	for _, p := range problems {
		t.Error(p)
	}
	return k
}

// parseKinds reads the objects, and tells what is wrong with the file.
func parseKinds(text []byte) (k *kinds, problems []string) {
	k = new(kinds)
	into := map[string]any{
		"Secret": &k.secret, "ConfigMap": &k.settings, "Deployment": &k.deployment, "PodDisruptionBudget": &k.budget,
		"Service": &k.service, "Ingress": &k.ingress, "NetworkPolicy": &k.policy,
	}
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		var head struct {
			Kind string `json:"kind"`
		}
		if err := yaml.Unmarshal(document, &head); err != nil {
			return k, append(problems, err.Error())
		}
		object := into[head.Kind]
		if object == nil {
			problems = append(problems, fmt.Sprintf("a second or an unknown %q", head.Kind))
			continue
		}
		delete(into, head.Kind)
		if err := yaml.UnmarshalStrict(document, object); err != nil {
			problems = append(problems, head.Kind+": "+err.Error())
		}
	}
	if len(into) > 0 {
		problems = append(problems, fmt.Sprintf("missing: %v", into))
	}
	return k, problems
}

func TestKubernetesLoads(t *testing.T) {
	t.Parallel()
	k := kubernetes(t)
	spec := k.deployment.Spec
	pod := spec.Template.Spec
	if *spec.Replicas != 2 || len(pod.Containers) != 1 || len(pod.TopologySpreadConstraints) != 1 {
		t.Fatalf("the deployment: %+v", spec)
	}
	c := pod.Containers[0]
	if !*c.SecurityContext.ReadOnlyRootFilesystem || *c.SecurityContext.AllowPrivilegeEscalation || !*pod.SecurityContext.RunAsNonRoot {
		t.Error("the container may write or be root")
	}
	if c.LivenessProbe.HTTPGet.Path != "/healthz" || c.ReadinessProbe.HTTPGet.Path != "/readyz" || c.StartupProbe == nil {
		t.Error("the probes ask the wrong question")
	}
	if stop := *pod.TerminationGracePeriodSeconds; stop < c.Lifecycle.PreStop.Sleep.Seconds+10 {
		t.Errorf("%d s are too few to stop in", stop)
	}
	if len(c.Resources.Requests) == 0 || len(c.Resources.Limits) == 0 {
		t.Error("the container has no resources")
	}
}

// TestKubernetesSelectsTheBot holds that the deployment, the service and the budget mean the same pods.
func TestKubernetesSelectsTheBot(t *testing.T) {
	t.Parallel()
	k := kubernetes(t)
	const key = "app.kubernetes.io/name"
	name := k.deployment.Spec.Template.Labels[key]
	if name == "" || k.deployment.Spec.Selector.MatchLabels[key] != name || k.service.Spec.Selector[key] != name || k.budget.Spec.Selector.MatchLabels[key] != name {
		t.Errorf("the selectors differ from %q", name)
	}
	if k.budget.Spec.MinAvailable.IntValue() < 1 || k.budget.Spec.MinAvailable.IntValue() >= int(*k.deployment.Spec.Replicas) {
		t.Errorf("the budget lets %s of %d go", k.budget.Spec.MinAvailable, *k.deployment.Spec.Replicas)
	}
	paths := k.ingress.Spec.Rules[0].HTTP.Paths
	if len(paths) != 1 || paths[0].Path != "/webhook/event" || *paths[0].PathType != networkingv1.PathTypeExact || paths[0].Backend.Service.Name != k.service.Name {
		t.Errorf("more than the webhook is public: %+v", paths)
	}
}
