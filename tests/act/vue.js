// The same form with Vue, whose text models wait for the end of a composition.

import { createApp, reactive } from 'vue';

const state = reactive({ name: '', note: 'old', lazy: '', agree: false, size: 's', tea: 'green', several: [], day: '', count: 1, opened: 0 });
window.state = state;

createApp({
  setup: () => ({ state }),
  template: `
    <input id="name" v-model="state.name"><textarea id="note" v-model="state.note"></textarea><input id="lazy" v-model.lazy="state.lazy">
    <label id="agreeing"><input id="agree" type="checkbox" v-model="state.agree"> I agree</label>
    <input id="s" type="radio" name="size" value="s" v-model="state.size"><input id="l" type="radio" name="size" value="l" v-model="state.size">
    <select id="tea" v-model="state.tea"><option value="green">Green</option><option value="black">Black</option></select>
    <select id="several" multiple v-model="state.several"><option>a</option><option>b</option><option>c</option></select>
    <input id="day" type="date" v-model="state.day"><input id="count" type="number" v-model.number="state.count">
    <div id="menu" @mouseenter="state.hovered = true" @pointerdown="state.down = true" @click="state.opened++" @dblclick="state.doubled = true">Menu</div>`,
}).mount('#app');
