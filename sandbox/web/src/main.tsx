import { render } from "preact";

import "./styles/tokens.css";
import "./styles/colours.css";
import "./styles/layout.css";
import "./styles/sidebar.css";
import "./styles/chat.css";
import "./styles/card.css";
import "./styles/text.css";
import "./styles/controls.css";
import "./styles/popover.css";
import "./styles/table.css";
import "./styles/panel.css";
import "./styles/overlay.css";
import { App } from "./App";

const root = document.getElementById("page");
if (root) {
  render(<App />, root);
}
