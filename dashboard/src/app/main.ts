import { mount } from "svelte";
import "../look/tokens.css";
import "../look/base.css";
import "../look/controls.css";
import "../look/table.css";
import "../look/list.css";
import App from "./App.svelte";
import { startRouter } from "./router.svelte";
import { apply } from "./theme.svelte";

apply();
startRouter();
const target = document.getElementById("app");
if (target) mount(App, { target });
