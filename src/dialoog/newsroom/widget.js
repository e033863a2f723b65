(function(script,base,lang,words,items){
if(!script||!script.parentNode)return;
function make(tag,name,text,href){
var it=document.createElement(tag);it.className='dialoog-news'+name;
if(text)it.textContent=text;
if(href){it.href=href;it.rel='noopener'}
return it}
var box=make('section',''),list=make('ul','__list');
box.lang=lang;box.setAttribute('aria-label',words.title);
items.forEach(function(row){
var item=make('li','__item'),time=make('time','__day',row[3]);
time.dateTime=row[2];
item.appendChild(make('a','__link',row[1],base+row[0]+'/'));
item.appendChild(document.createTextNode(' '));
item.appendChild(time);
list.appendChild(item)});
box.appendChild(items.length?list:make('p','__none',words.none));
box.appendChild(make('a','__all',words.all,base));
script.parentNode.insertBefore(box,script.nextSibling)
})(document.currentScript,DATA);
