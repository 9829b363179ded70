package templates_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// specFields are the properties of a chart's description, by the path that leads to them, all of which VChart 1.2.2 has
// already.
var specFields = map[string]string{
	"":       "type data series direction xField yField barMaxWidth label axes legends color padding animation tooltip",
	"series": "id type dataId xField yField seriesField stack invalidType line point bar label barWidth tooltip",
	"axes":   "orient type min max visible label tick paddingInner",
}

// checkSpec checks what the platform is known to check of a chart's description: no null where a list or an object
// belongs, and no property that an older client does not know.
func checkSpec(spec map[string]any) error {
	if err := checkSpecFields("", spec); err != nil {
		return err
	}
	for _, list := range []string{"series", "axes"} {
		each, _ := spec[list].([]any)
		for _, v := range each {
			if err := checkSpecFields(list, v.(map[string]any)); err != nil {
				return err
			}
		}
	}
	for _, d := range spec["data"].([]any) {
		data := d.(map[string]any)
		if values, ok := data["values"].([]any); !ok || len(values) == 0 {
			return fmt.Errorf("the data %v is empty", data["id"])
		}
	}
	return nil
}

func checkSpecFields(place string, object map[string]any) error {
	known := strings.Fields(specFields[place])
	for _, property := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(known, property) || object[property] == nil {
			return fmt.Errorf("the chart's %s has the property %s: %v", place, property, object[property])
		}
	}
	return nil
}
