import { render } from "preact";
import { startAccount } from "./account.ts";
import { followKeys } from "./keys.ts";
import { App } from "./parts/app.tsx";
import { followFragment } from "./route.ts";
import { showTheme } from "./session.ts";
import { readAhead } from "./store.ts";
import { hideValuesWhenLeft } from "./value.ts";

showTheme();
followFragment();
followKeys();
hideValuesWhenLeft();
const app = document.getElementById("app");
if (app !== null) render(<App />, app);
readAhead();
void startAccount();
