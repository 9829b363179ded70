import type { Json } from "../base/types";
import { type CardUse, CardContext } from "./context";
import { Elements } from "./Elements";
import { Header } from "./Header";
import { flow, spacing } from "./style";

// Card draws a card of JSON 2.0 as the platform's client does.
export function Card({ card, use }: { card: Json; use: CardUse }) {
  const body: Json = card.body ?? {};
  return (
    <CardContext.Provider value={use}>
      <div class={`card card--${card.config?.width_mode ?? "default"}`} data-testid="card">
        {card.header && <Header header={card.header} />}
        {body.elements?.length > 0 && (
          <div class="card-body" style={{ ...flow(body), padding: spacing(body.padding) }}>
            <Elements elements={body.elements} />
          </div>
        )}
      </div>
    </CardContext.Provider>
  );
}
