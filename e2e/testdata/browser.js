// What the browser tests do inside the chat page. Each answers with plain data, and waits by looking, never for a fixed time.
window.probe = (() => {
  const every = (root, selector) => [...root.querySelectorAll(selector)];
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
  const message = (id) => document.querySelector(`[data-message-id="${id}"]`);
  const card = (id) => message(id)?.querySelector("[data-testid=card]");
  const open = [];
  window.open = (address) => void open.push(address);
  const toasts = []; // what each said, those that have gone too
  const isToast = (node) => node.dataset?.testid === "toast";
  new MutationObserver((records) => {
    toasts.push(...records.flatMap((r) => [...r.addedNodes]).filter(isToast).map((t) => t.innerText));
  }).observe(document, { childList: true, subtree: true });

  async function until(holds, limit) {
    for (const end = performance.now() + limit; performance.now() < end; await frame()) {
      const found = holds();
      if (found) {
        return found;
      }
    }
    return null;
  }

  // What a card is used by: its controls, and the heads of its panels.
  const kinds = ["button", "select_static", "select_person", "multi_select_static", "date_picker", "picker_time", "overflow", "checker", "input"];
  const usable = kinds.map((k) => `[data-tag=${k}]`).join() + ",[data-testid=panel-toggle],[data-testid=page-after]";
  const controls = (id) => every(card(id) ?? document.createElement("i"), usable).filter((e) => !e.disabled);
  const label = (e) => [e.dataset.tag ?? e.dataset.testid, e.dataset.name, e.innerText].filter(Boolean).join(" ").replace(/\s+/g, " ");

  // drawn tells whether a message is shown as it has been since a time, with its charts.
  const drawn = (id, since) => {
    const found = message(id);
    return !!found && Date.parse(found.dataset.updatedAt) >= Date.parse(since) && every(found, "[data-tag=chart]").every((c) => c.dataset.ready === "true");
  };

  // state is all by which a person sees that something came of a click. What a control shows by itself counts only where
  // nothing is to come of the bot: in a form, in a panel, in a table.
  const state = (id, alone) => ({
    updated: message(id)?.dataset.updatedAt,
    messages: every(document, "[data-by-bot=true]").length,
    toasts: toasts.length,
    open: open.length,
    look: alone && every(card(id), "[data-value],[data-open],[data-testid=page]").map((e) => e.dataset.value ?? e.dataset.open ?? e.innerText).join("|"),
  });
  const isAlone = (e) => !e.dataset.tag || (e.closest("[data-tag=form]") && e.dataset.tag !== "button") || e.dataset.action === "reset";
  const differs = (a, b) => Object.keys(a).find((k) => a[k] !== b[k]);

  // choose takes something else than what is chosen from what a control opened.
  async function choose(box) {
    for (const time of every(box, "[data-hour='09'],[data-minute='15']")) {
      time.click();
      await frame();
    }
    const day = every(box, "[data-date]").find((d) => d.getAttribute("aria-pressed") !== "true" && !d.className.includes("other"));
    const option = every(box, "[data-value]").find((o) => o.getAttribute("aria-selected") !== "true");
    const one = box.querySelector("[data-testid=time-ok]") ?? day ?? option ?? box.querySelector("button");
    one.click();
    if (box.querySelector("[aria-multiselectable]")) {
      document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    }
  }

  // use does with a control what a person does, and tells what came of it and how long that took.
  async function use(id, place) {
    const control = await until(() => controls(id)[place], 20000); // while a click is carried out, controls are disabled
    if (!control) {
      throw new Error(`message ${id} shows no control ${place}`);
    }
    control.scrollIntoView({ block: "center" });
    await frame();
    await frame();
    const alone = isAlone(control);
    const name = label(control);
    const before = state(id, alone);
    const began = performance.now();
    control.click();
    await frame();
    const box = document.querySelector("[data-testid=popover]");
    if (box) {
      await choose(box);
    }
    if (control.dataset.tag === "input") {
      Object.assign(control, { value: "9" }).dispatchEvent(new Event("input", { bubbles: true }));
      control.blur();
    }
    await frame();
    document.querySelector("[data-testid=confirm-ok]")?.click();
    const changed = await until(() => differs(before, state(id, alone)), 10000);
    const took = performance.now() - began;
    await until(() => !message(id) || every(message(id), "[data-busy=true]").length === 0, 3000);
    return {
      label: name,
      changed: changed ?? "",
      took,
      failed: toasts.slice(before.toasts).filter((t) => /code: \d|HTTP \d/.test(t)).join() +
        every(document, "[data-testid=notice]").map((n) => n.innerText).join(),
    };
  }

  // wide names what is wider than its place, other than what scrolls by itself: in a card, or in the whole page.
  function wide(id) {
    const over = (e) => e.scrollWidth > e.clientWidth + 1;
    const named = (e) => `${e.dataset.testid ?? e.tagName} ${e.scrollWidth} > ${e.clientWidth}: ${e.innerText.slice(0, 60)}`;
    return [document.documentElement, document.querySelector("[data-testid=conversation]"), ...every(message(id) ?? document, "[data-testid=card]")].filter(over).map(named);
  }

  // blank names the charts on which nothing is drawn: all of their points look the same.
  async function blank(id) {
    const plain = (canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const points = new Uint32Array(data.buffer);
      return points.every((p) => p === points[0]);
    };
    const blanks = () => every(message(id) ?? document, "[data-tag=chart]").filter((c) => !c.querySelector("canvas") || every(c, "canvas").every(plain));
    await until(() => blanks().length === 0, 20000);
    return blanks().map((c) => c.closest("[data-message-id]").innerText.slice(0, 60));
  }

  // place brings a card into view and tells where it is.
  async function place(id) {
    message(id).scrollIntoView({ block: "start" });
    await frame();
    await frame();
    const { x, y, width, height } = (card(id) ?? message(id)).getBoundingClientRect();
    return { x, y, width, height };
  }

  // rows reads the lines in the panels of a card, which it opens, and its tables, page by page.
  async function rows(id) {
    for (const head of every(card(id), "[data-testid=panel-toggle][aria-expanded=false]")) {
      head.click();
      await frame();
    }
    const found = every(card(id), ".panel-content").flatMap((panel) => panel.innerText.split("\n").map((line) => [line]));
    for (const table of every(card(id), "[data-tag=table]")) {
      for (;;) {
        found.push(...every(table, "tbody tr").map((r) => every(r, "td").map((d) => d.innerText)));
        const next = table.querySelector("[data-testid=page-after]");
        if (!next || next.disabled) {
          break;
        }
        next.click();
        await frame();
      }
    }
    return found;
  }

  return {
    controls: (id) => controls(id).map(label),
    use,
    wide,
    blank,
    place,
    rows,
    wait: (id, since) => until(() => drawn(id, since), 20000).then(Boolean),
  };
})();
